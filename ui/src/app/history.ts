/** The address after the hash: neither the window's own scheme nor a path behind a proxy has to know the routes. */

import { createHashHistory } from "@tanstack/react-router";

export const history = createHashHistory();
