import type { ReactNode } from "react";

import { sentence } from "@/lib/text";

import { HealthMark } from "./HealthMark";
import styles from "./Message.module.css";

interface MessageProps {
  /** A health word, for the mark and the colour; none for something that is only said. */
  tone?: "failing" | "degraded" | "pending" | "neutral" | "unknown";
  title: string;
  children?: ReactNode;
  detail?: string | null;
  actions?: ReactNode;
}

/** One way to say what is the matter: loading, empty, forbidden, stale and failed states all look alike. */
export function Message({ tone = "neutral", title, children, detail, actions }: MessageProps) {
  return (
    <div className={styles.message} data-tone={tone} role={tone === "failing" ? "alert" : "status"}>
      <HealthMark health={tone} quiet size={14} />
      <div className={styles.body}>
        <p className={styles.title}>{sentence(title)}</p>
        {children ? <div className={styles.text}>{children}</div> : null}
        {detail ? (
          <details className={styles.detail}>
            <summary>Details</summary>
            <pre>{detail}</pre>
          </details>
        ) : null}
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </div>
    </div>
  );
}
