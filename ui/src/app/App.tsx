import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";

import { followNotices, followOpen } from "@/features/clusters";
import { recallSettings } from "@/features/settings";
import { keepSessionsOf } from "@/features/topology";
import { listenForEscape } from "@/lib/layers";

import { asked } from "./asked";
import { followMenu } from "./menu";
import { router } from "./router";

// Notices say when something changed: a query is as fresh as its last notice, and a command that failed says so at once.
const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false, refetchOnWindowFocus: false, networkMode: "always" }, mutations: { networkMode: "always" } },
});

export function App() {
  useEffect(() => followNotices(queries, asked), []);
  useEffect(() => followOpen(queries, keepSessionsOf), []);
  useEffect(recallSettings, []);
  useEffect(listenForEscape, []);
  useEffect(() => followMenu(queries), []);
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
