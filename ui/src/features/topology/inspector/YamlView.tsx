import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import { Button, Glyph, Message } from "@/components";
import { plural } from "@/lib/age";

import styles from "./Inspector.module.css";
import { yamlTokens } from "./model";

const LINE_HEIGHT = 18;

/** The object's body, read-only and virtual: a ConfigMap of ten thousand lines scrolls like one of ten. */
export function YamlView({ yaml, kind }: { yaml: string | null; kind: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [copied, setCopied] = useState<boolean | null>(null);
  const lines = useMemo(() => yaml?.replace(/\n$/, "").split("\n") ?? [], [yaml]);
  const rows = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => LINE_HEIGHT, overscan: 20 });
  if (yaml === null) return <div className={styles.body}><Message title="No YAML">The object itself is not held here: it does not exist, cannot be seen, or lies outside the cluster.</Message></div>;
  const copy = () => navigator.clipboard.writeText(yaml).then(() => setCopied(true), () => setCopied(false));
  return (
    <>
      <div className={styles.yamlHead}>
        <span className={styles.quiet}>
          {plural(lines.length, "line")}, read-only{kind === "Secret" ? "; values are not read" : ""}
        </span>
        <Button look="quiet" onClick={() => void copy()}>
          <Glyph name="copy" size={14} /> {copied === null ? "Copy" : copied ? "Copied" : "Not copied: select it"}
        </Button>
      </div>
      <div ref={scroller} className={styles.yaml} tabIndex={0} role="group" aria-label="YAML">
        <pre style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => (
            <code key={row.key} className={styles.yamlLine} style={{ transform: `translateY(${row.start}px)` }}>
              {yamlTokens(lines[row.index] ?? "").map(({ text, sort }, at) => (
                // oxlint-disable-next-line react/no-array-index-key -- tokens of a line have no other name
                <span key={at} data-sort={sort}>{text}</span>
              ))}
            </code>
          ))}
        </pre>
      </div>
    </>
  );
}
