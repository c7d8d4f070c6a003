/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Nothing is inlined as a data: URI, because the content security policy of both hosts refuses them for fonts and scripts.
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
