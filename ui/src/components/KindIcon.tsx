import { useKindIcons } from "./icons";

/** The drawing of a kind, the same as on its cards; on a field of 16 × 16. */
export function KindIcon({ name, size = 13 }: { name: string; size?: number }) {
  const paths = useKindIcons()[name];
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden style={{ flex: "none", color: "var(--secondary)" }}>
      <path d={paths?.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
