import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import type { ExportFormat } from "@/api/bindings/ExportFormat";
import type { View } from "@/api/bindings/View";
import { api, transport } from "@/api/host";
import { Button, Glyph, Message, Panel } from "@/components";

import styles from "./ExportPanel.module.css";
import { type Choices, SCALES, isDrawn, isFormat, named, titled } from "./model";
import { PastExports } from "./PastExports";
import { Preview } from "./Preview";
import { Progress } from "./Progress";
import { useChoices, useExport } from "./useExport";

interface ExportPanelProps {
  cluster: ClusterSummary;
  view: View;
  /** What the map shows of the cluster, where lens or filters leave some of it out. */
  shown: string | null;
  close: () => void;
}

/** Writes the map to a file: what, in which format, how it looks. */
export function ExportPanel({ cluster, view, shown, close }: ExportPanelProps) {
  const [choices, change] = useChoices(shown !== null);
  const formats = useQuery({ queryKey: ["formats"], queryFn: ({ signal }) => api.exportFormats(signal) }).data ?? [];
  const { start, status, file, notDownloaded, cancel } = useExport(cluster.cluster, cluster.name, shown, view);
  const running = start.isPending || (status !== undefined && !status.done);
  return (
    <Panel title="Export" closes="Close export" close={close} place="docked" testId="export">
      <div className={styles.body}>
        {choices === null ? <Message tone="pending" title="Recalling your choices" /> : (
          <form
            className={styles.form}
            onSubmit={(event) => {
              event.preventDefault();
              start.mutate(choices);
            }}
          >
            <Fields choices={choices} change={change} formats={formats} name={titled(choices, cluster.name, shown)} />
            <Preview choices={named(choices, shown)} cluster={cluster.cluster} view={view} drawn={isDrawn(formats, choices.format)} />
            <div className={styles.buttons}>
              <Button type="submit" look="primary" disabled={running}>
                <Glyph name="export" size={14} /> {transport.pickSave ? "Save as…" : "Download"}
              </Button>
              {running && status ? <Button onClick={cancel}>Cancel</Button> : null}
            </div>
          </form>
        )}
        {start.error ? <Message tone="failing" title={start.error.message} /> : null}
        {notDownloaded ? <Message tone="failing" title={notDownloaded.message} /> : null}
        {status ? <Progress status={status} file={file} /> : null}
        <PastExports />
      </div>
    </Panel>
  );
}

interface FieldsProps {
  choices: Choices;
  change: (part: Partial<Choices>) => void;
  formats: readonly ExportFormat[];
  name: string;
}

function Fields({ choices, change, formats, name }: FieldsProps) {
  const id = useId();
  const drawn = isDrawn(formats, choices.format);
  const note = formats.find((format) => format.id === choices.format)?.note;
  return (
    <div className={styles.fields}>
      <fieldset className={styles.wide}>
        <legend>What</legend>
        <label><input type="radio" name={`${id}-scope`} checked={choices.scope === "everything"} onChange={() => change({ scope: "everything" })} /> Everything</label>
        <label><input type="radio" name={`${id}-scope`} checked={choices.scope === "screen"} onChange={() => change({ scope: "screen" })} /> What the map shows, with its filters</label>
      </fieldset>
      <label htmlFor={`${id}-format`}>Format</label>
      <select id={`${id}-format`} value={choices.format} onChange={({ target }) => isFormat(target.value) && change({ format: target.value })}>
        {formats.map((format) => <option key={format.id} value={format.id}>{format.name}</option>)}
      </select>
      {note ? <p className={styles.note}>{note}</p> : null}
      {drawn ? (
        <>
          <label htmlFor={`${id}-theme`}>Look</label>
          <select id={`${id}-theme`} value={choices.theme} onChange={(event) => change({ theme: event.target.value === "dark" ? "dark" : "light" })}>
            <option value="light">Light</option>
            <option value="dark">Dark</option>
          </select>
          <label htmlFor={`${id}-title`}>Title</label>
          <input id={`${id}-title`} value={choices.title} placeholder={name} onChange={(event) => change({ title: event.target.value })} />
        </>
      ) : null}
      {choices.format === "png" ? (
        <>
          <label htmlFor={`${id}-scale`}>Scale</label>
          <select id={`${id}-scale`} value={choices.scale} onChange={(event) => change({ scale: Number(event.target.value) })}>
            {SCALES.map((scale) => <option key={scale} value={scale}>{scale} ×</option>)}
          </select>
        </>
      ) : null}
      <fieldset className={styles.wide}>
        <legend className="visually-hidden">Options</legend>
        <label><input type="checkbox" checked={choices.expand} onChange={(event) => change({ expand: event.target.checked })} /> Nothing folded: every pod and ReplicaSet as a card</label>
        {drawn ? <label><input type="checkbox" checked={choices.stamp} onChange={(event) => change({ stamp: event.target.checked })} /> Stamp with context and time</label> : null}
      </fieldset>
    </div>
  );
}
