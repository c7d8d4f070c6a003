/** An API server as an account meets it that may list nothing but ConfigMaps in some namespaces. For the interface's words; what
 * real RBAC gives is tested in tests/acceptance. */

import { type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

const RESOURCES = [
  { name: "namespaces", kind: "Namespace", namespaced: false },
  { name: "configmaps", kind: "ConfigMap", namespaced: true },
  { name: "pods", kind: "Pod", namespaced: true },
].map((each) => ({ ...each, singularName: "", verbs: ["get", "list", "watch"] }));

export interface Refusing {
  /** A kubeconfig of the account. */
  kubeconfig: string;
  close: () => void;
}

export async function refuseAllBut(context: string, namespaces: readonly string[]): Promise<Refusing> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://server");
    const [, namespace, resource] = /^\/api\/v1\/namespaces\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
    if (pathname === "/version") say(response, { gitVersion: "v1.36.0", major: "1", minor: "36" });
    else if (pathname === "/api") say(response, { kind: "APIVersions", versions: ["v1"] });
    else if (pathname === "/apis") say(response, { kind: "APIGroupList", apiVersion: "v1", groups: [] });
    else if (pathname === "/api/v1") say(response, { kind: "APIResourceList", groupVersion: "v1", resources: RESOURCES });
    else if (resource !== "configmaps" || !namespaces.includes(namespace ?? "")) refuse(response, pathname);
    else if (searchParams.has("watch")) response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    else say(response, { kind: "ConfigMapList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [configMap(namespace ?? "")] });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const named = <T extends object>(name: string, kind: string, body: T) => [{ name, [kind]: body }];
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: named("guarded", "cluster", { server: `http://127.0.0.1:${port}` }),
    users: named("guest", "user", {}),
    contexts: named(context, "context", { cluster: "guarded", user: "guest" }),
    "current-context": context,
  };
  return {
    kubeconfig: JSON.stringify(kubeconfig),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function configMap(namespace: string) {
  return { metadata: { name: "settings", namespace, uid: `settings-${namespace}`, resourceVersion: "1" }, data: { colour: "blue" } };
}

function refuse(response: ServerResponse, path: string) {
  const message = `"${path}" is forbidden: User "guest" cannot list resource "configmaps" in API group "" at the cluster scope`;
  say(response, { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Forbidden", code: 403, message }, 403);
}

function say(response: ServerResponse, body: unknown, status = 200) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
