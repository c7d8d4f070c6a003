/** Parts of an object's key, `group/Kind/namespace/name`. Pure. */

/** The last part of a key; `%2F` stands for a slash in it. */
export function nameOf(key: string): string {
  return (key.split("/").at(-1) ?? key).replaceAll("%2F", "/");
}

export function kindOf(key: string): string {
  return key.split("/")[1] ?? "";
}

export function namespaceOf(key: string): string {
  return key.split("/")[2] ?? "";
}
