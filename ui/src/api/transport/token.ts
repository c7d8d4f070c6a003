/**
 * The token of this page. The printed address, `/open/SECRET`, lets a page have one of its own; it stays in the storage of
 * the tab, so that a reload is let in, and goes with every request. There is no cookie, which a browser would send to every
 * port of the machine.
 */

const STORED = "token";
const PRINTED = /^\/open\/([\w-]+)$/;
const CHANNEL = "kubilitics.pages";
/** How long a page of the same host has to vouch for one that a link opened. */
const ANSWER_MILLIS = 1000;

type Word = { wants: string } | { for: string; token: string };

/** The token; null where nobody vouches for this page. Takes the secret out of the address at once. */
export function pageToken(): Promise<string | null> {
  const found = find();
  void found.then((token) => {
    if (token !== null) vouchForOthers(token);
  });
  return found;
}

async function find(): Promise<string | null> {
  const secret = PRINTED.exec(location.pathname)?.[1];
  if (secret === undefined) return recall() ?? (await askOthers());
  history.replaceState(history.state, "", `/${location.search}${location.hash}`);
  const token = await admit(secret);
  if (token === null) return recall();
  remember(token);
  return token;
}

/** A token for whoever shows the secret of the printed address, or a token. */
async function admit(shown: string): Promise<string | null> {
  try {
    const answer = await fetch("/pages", { method: "POST", headers: { authorization: `Bearer ${shown}` } });
    if (!answer.ok) return null;
    const { token } = (await answer.json()) as { token?: unknown };
    return typeof token === "string" ? token : null;
  } catch {
    return null;
  }
}

/** A copied link has no secret: a page of the same origin, if one is open, gets a token for this one. */
async function askOthers(): Promise<string | null> {
  if (typeof BroadcastChannel === "undefined") return null;
  const channel = new BroadcastChannel(CHANNEL);
  const wants = crypto.randomUUID();
  const token = await new Promise<string | null>((resolve) => {
    const late = setTimeout(() => resolve(null), ANSWER_MILLIS);
    channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (!("for" in data) || data.for !== wants) return;
      clearTimeout(late);
      resolve(data.token);
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
    channel.postMessage({ wants } satisfies Word);
  });
  channel.close();
  if (token !== null) remember(token);
  return token;
}

function vouchForOthers(own: string) {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = async ({ data }: MessageEvent<Word>) => {
    if (!("wants" in data)) return;
    const token = await admit(own);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
    if (token !== null) channel.postMessage({ for: data.wants, token } satisfies Word);
  };
}

function remember(token: string) {
  try {
    sessionStorage.setItem(STORED, token);
  } catch {
    // Storage may be switched off: the page is let in until it is loaded anew.
  }
}

function recall(): string | null {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}
