-- Known clusters, remembered choices, window geometry, past exports.

-- What the person calls a kubeconfig context; `context` is the id that `cluster` gives it.
create table clusters (
    context text primary key not null,
    alias text,
    colour text,
    tag text,
    -- JSON list of names: namespaces to look at where the account may not list them.
    namespaces text not null default '[]',
    -- Milliseconds since the epoch.
    last_opened integer
) strict;

create table preferences (
    name text primary key not null,
    -- JSON.
    value text not null
) strict;

create table windows (
    label text primary key not null,
    x integer not null,
    y integer not null,
    width integer not null,
    height integer not null,
    maximized integer not null
) strict;

create table exports (
    id integer primary key not null,
    cluster text not null,
    format text not null,
    path text not null,
    bytes integer not null,
    -- Milliseconds since the epoch.
    at integer not null
) strict;

create index exports_by_time on exports (at desc);
