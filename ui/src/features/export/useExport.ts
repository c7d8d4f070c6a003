/** The course of one export: from the dialog to the file, with progress and cancel. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { ApiError } from "@/api/bindings/ApiError";
import type { ExportStatus } from "@/api/bindings/ExportStatus";
import type { View } from "@/api/bindings/View";
import { api, asApiError, saveAs, transport } from "@/api/host";
import { keys } from "@/features/clusters";

import { type Choices, endingOf, fileName, named, recalled, remembered, requestOf, titled } from "./model";

const MEMORY = "export.choices";

/** Under a filter the offer is what is shown. */
export function useChoices(isNarrowed: boolean): [Choices | null, (part: Partial<Choices>) => void] {
  const [choices, setChoices] = useState<Choices | null>(null);
  useEffect(() => {
    let current = true;
    const offered = (choices: Choices): Choices => ({ ...choices, scope: isNarrowed ? "screen" : choices.scope });
    api.preferenceGet({ name: MEMORY }).then(
      ({ value }) => current && setChoices(offered(recalled(value))),
      () => current && setChoices(offered(recalled(null))),
    );
    return () => {
      current = false;
    };
  }, [isNarrowed]);
  const change = (part: Partial<Choices>) => {
    if (choices === null) return;
    const next = { ...choices, ...part };
    setChoices(next);
    api.preferenceSet({ name: MEMORY, value: remembered(next) }).catch(() => undefined);
  };
  return [choices, change];
}

/** `shown` is what the map shows of the cluster called `name`, where it leaves some out: files are named after it. */
export function useExport(cluster: string, name: string, shown: string | null, view: View) {
  const queries = useQueryClient();
  // The name is that of the start: the cluster may be called otherwise before the end.
  const [run, setRun] = useState<{ id: string; file: string } | null>(null);
  const start = useMutation({
    mutationFn: async (choices: Choices): Promise<ExportStatus | null> => {
      const { pickSave } = transport;
      const path = pickSave ? await pickSave(fileName(titled(choices, name, shown), endingOf(choices.format)), endingOf(choices.format)) : null;
      if (pickSave && path === null) return null;
      return await api.exportStart(requestOf(named(choices, shown), cluster, view, path));
    },
    onSuccess: (status, choices) => {
      if (status === null) return;
      // A notice may have overtaken the answer: what is done stays done.
      queries.setQueryData<ExportStatus>(keys.running(status.id), (known) => known ?? status);
      setRun({ id: status.id, file: fileName(titled(choices, name, shown), endingOf(choices.format)) });
    },
  });
  const status = useQuery<ExportStatus>({ queryKey: keys.running(run?.id ?? ""), enabled: false, staleTime: Number.POSITIVE_INFINITY }).data;
  const cancel = useMutation({ mutationFn: (id: string) => api.exportCancel({ id }) });
  const notDownloaded = useDownload(status, run?.file ?? "");
  return { start, status, file: run?.file ?? "", notDownloaded, cancel: () => run !== null && cancel.mutate(run.id) };
}

/** In a browser a finished export is fetched as a download; the window has written it already. Answers why that failed. */
function useDownload(status: ExportStatus | undefined, file: string): ApiError | null {
  const [failed, setFailed] = useState<ApiError | null>(null);
  const ready = status?.done === true && status.error === null ? status.path : null;
  useEffect(() => {
    setFailed(null);
    if (ready === null || transport.download === undefined) return;
    transport.download(ready).then(
      (content) => saveAs(content, file),
      (thrown: unknown) => setFailed(asApiError(thrown)),
    );
  }, [ready, file]);
  return failed;
}
