/**
 * What was asked for outside the page, by starting the application once more, takes the screen; not away from somebody who is
 * opening something else at this moment.
 */

import { type Asked, opening } from "@/features/clusters";

import { router } from "./router";

export const asked: Asked = {
  isOpen: ({ cluster }) => {
    if (opening.get().source === null) void router.navigate({ to: "/cluster/$cluster", params: { cluster } });
  },
  refused: () => void router.navigate({ to: "/" }),
};
