import { useQuery } from "@tanstack/react-query";

import { api } from "@/api/client";

/** Icons of kinds come from the core, so that screen and files draw the same ones. */
export function useKindIcons(): Record<string, string[]> {
  const icons = useQuery({ queryKey: ["icons"], queryFn: api.icons, staleTime: Number.POSITIVE_INFINITY });
  return icons.data ?? {};
}

export function KindIcon({ id, size = 16 }: { id: string; size?: number }) {
  const icons = useKindIcons();
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden style={{ flex: "none" }}>
      {(icons[id] ?? []).map((path) => (
        <path key={path} d={path} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
      ))}
    </svg>
  );
}
