import type { ExportStatus } from "@/api/bindings/ExportStatus";
import { Message } from "@/components";

import styles from "./ExportPanel.module.css";
import { doneText } from "./model";

export function Progress({ status, file }: { status: ExportStatus; file: string }) {
  if (!status.done) {
    return (
      <div className={styles.progress}>
        <progress value={status.progress} max={1} aria-label="Export" /> {Math.round(status.progress * 100)} %
      </div>
    );
  }
  if (status.error?.code === "cancelled") return <Message title="Cancelled">No file was written.</Message>;
  if (status.error) return <Message tone="failing" title={status.error.message} detail={status.error.detail} />;
  return (
    <Message title="Exported">
      <span className={styles.done}>{doneText(status, file)}</span>
      {status.notes.map((note) => <span key={note} className={styles.done}>{note}</span>)}
    </Message>
  );
}
