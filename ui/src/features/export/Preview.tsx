import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import type { View } from "@/api/bindings/View";
import { api } from "@/api/host";
import { useLayer } from "@/lib/layers";

import styles from "./ExportPanel.module.css";
import { type Choices, requestOf } from "./model";

const WAIT_MILLIS = 300;

/** The picture before it is written; as an image, so that nothing in it can run. */
export function Preview({ choices, cluster, view, drawn }: { choices: Choices; cluster: string; view: View; drawn: boolean }) {
  const request = useSettled(JSON.stringify({ ...requestOf(choices, cluster, view, null), format: "svg", scale: null }));
  const preview = useQuery({
    queryKey: ["preview", request],
    queryFn: ({ signal }) => api.exportPreview(JSON.parse(request), signal),
    enabled: drawn,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 10_000,
  });
  const [large, setLarge] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useLayer(large, () => setLarge(false), { back: button });
  const address = useObjectUrl(drawn ? preview.data?.svg : undefined);
  if (!drawn) return <p className={styles.note}>This format holds the graph as text; there is no picture to preview.</p>;
  return (
    <figure className={styles.preview} data-large={large} data-busy={preview.isFetching}>
      {address ? (
        <button ref={button} type="button" aria-expanded={large} aria-label={large ? "Preview as small as the panel" : "Enlarge the preview"} title={large ? "Smaller (Escape)" : "Enlarge"} onClick={() => setLarge(!large)}>
          <img src={address} alt="Preview of the export" onLoad={() => URL.revokeObjectURL(address)} onError={() => URL.revokeObjectURL(address)} />
        </button>
      ) : null}
      <figcaption>{preview.error ? preview.error.message : preview.isPending ? "Drawing a preview" : ""}</figcaption>
    </figure>
  );
}

/** A value once it has stood still for a moment: typing a title draws one preview, not ten. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), WAIT_MILLIS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** An address of the document for an image. The image gives it back once loaded: sooner, and a slow one would find nothing. */
function useObjectUrl(svg: string | undefined): string | null {
  return useMemo(() => (svg === undefined ? null : URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }))), [svg]);
}
