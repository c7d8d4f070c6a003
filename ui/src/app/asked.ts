/** What was asked for outside the page, by starting the application once more, takes the screen. */

import { transport } from "@/api/client";
import { type Asked, opening } from "@/features/clusters";

import { router } from "./router";

/** In a browser another tab may have opened it: that is no reason to leave what this one shows. */
const isWindow = transport.host === "window";

export const asked: Asked = {
  opened: ({ cluster }) => {
    if (isWindow && opening.get().source === null) void router.navigate({ to: "/cluster/$cluster", params: { cluster } });
  },
  refused: () => {
    if (isWindow) void router.navigate({ to: "/" });
  },
};
