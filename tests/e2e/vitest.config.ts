import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

// One browser at a time against one server: the tests share its clusters and choices.
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("../../ui/src", import.meta.url)) } },
  test: { include: ["{browser,window,screenshots,measure}/**/*.spec.ts"], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, retry: 0 },
});
