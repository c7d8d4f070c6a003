/** Parts of an object's key, `group/Kind/namespace/name`. Pure. */

import { legible } from "@/lib/legible";

/** The last part of a key; `%2F` stands for a slash in it. */
export function exactNameOf(key: string): string {
  return (key.split("/").at(-1) ?? key).replaceAll("%2F", "/");
}

/** The same as it is shown. */
export function nameOf(key: string): string {
  return legible(exactNameOf(key));
}

export function kindOf(key: string): string {
  return key.split("/")[1] ?? "";
}

export function namespaceOf(key: string): string {
  return key.split("/")[2] ?? "";
}

/** What an object is called beside another one: with its namespace where that is another. */
export function withNamespace(key: string, beside: string): string {
  const namespace = namespaceOf(key);
  return namespace === "" || namespace === namespaceOf(beside) ? nameOf(key) : `${namespace}/${nameOf(key)}`;
}
