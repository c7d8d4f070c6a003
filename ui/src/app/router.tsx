import { createHashHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";

import { MapScreen } from "./MapScreen";
import { Root } from "./Root";
import { WelcomeScreen } from "./WelcomeScreen";

// The address after the hash: neither the window's own scheme nor a path behind a proxy has to know the routes.
const root = createRootRoute({ component: Root });
const welcome = createRoute({ getParentRoute: () => root, path: "/", component: WelcomeScreen });
const map = createRoute({ getParentRoute: () => root, path: "/cluster/$cluster", component: () => <MapScreen key={map.useParams().cluster} cluster={map.useParams().cluster} /> });

export const router = createRouter({ routeTree: root.addChildren([welcome, map]), history: createHashHistory() });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
