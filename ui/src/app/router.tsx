import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { history } from "./history";
import { MapScreen } from "./MapScreen";
import { Root } from "./Root";
import { WelcomeScreen } from "./WelcomeScreen";

const root = createRootRoute({ component: Root });
const welcome = createRoute({ getParentRoute: () => root, path: "/", component: WelcomeScreen });
const map = createRoute({ getParentRoute: () => root, path: "/cluster/$cluster", component: () => <MapScreen key={map.useParams().cluster} cluster={map.useParams().cluster} /> });

export const router = createRouter({
  routeTree: root.addChildren([welcome, map]),
  history,
  // What stands behind the question mark is the map's own, and not the router's to rewrite.
  parseSearch: (text) => ({ map: text.replace(/^\?/, "") }),
  stringifySearch: ({ map }) => (typeof map === "string" && map !== "" ? `?${map}` : ""),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
