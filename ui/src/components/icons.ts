/** Icons of kinds come from the core, so that screen and files draw the same ones. */

import { useQuery } from "@tanstack/react-query";

import { api } from "@/api/host";

const NONE: Record<string, string[]> = {};

export function useKindIcons(): Record<string, string[]> {
  const icons = useQuery({ queryKey: ["icons"], queryFn: ({ signal }) => api.icons(signal), staleTime: Number.POSITIVE_INFINITY });
  return icons.data ?? NONE;
}
