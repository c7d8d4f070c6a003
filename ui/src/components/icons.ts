/** Icons of kinds come from the core, so that screen and files draw the same ones. */

import { useQuery } from "@tanstack/react-query";

import { api } from "@/api/client";

const NONE: Record<string, string[]> = {};

export function useKindIcons(): Record<string, string[]> {
  const icons = useQuery({ queryKey: ["icons"], queryFn: api.icons, staleTime: Number.POSITIVE_INFINITY });
  return icons.data ?? NONE;
}
