/** The course of one export: from the dialog to the file, with progress and cancel. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import type { ExportStatus } from "@/api/bindings/ExportStatus";
import type { View } from "@/api/bindings/View";
import { api, transport } from "@/api/client";
import { keys } from "@/features/clusters";

import { type Choices, endingOf, fileName, recalled, remembered, requestOf } from "./model";

const MEMORY = "export.choices";

export function useChoices(): [Choices | null, (part: Partial<Choices>) => void] {
  const [choices, setChoices] = useState<Choices | null>(null);
  useEffect(() => {
    let current = true;
    api.preferenceGet(MEMORY).then(
      (value) => current && setChoices(recalled(value)),
      () => current && setChoices(recalled(null)),
    );
    return () => {
      current = false;
    };
  }, []);
  const change = (part: Partial<Choices>) => {
    if (choices === null) return;
    const next = { ...choices, ...part };
    setChoices(next);
    api.preferenceSet(MEMORY, remembered(next)).catch(() => undefined);
  };
  return [choices, change];
}

export function useExport(cluster: string, name: string, view: View) {
  const queries = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const start = useMutation({
    mutationFn: async (choices: Choices): Promise<ExportStatus | null> => {
      const { pickSave } = transport;
      const path = pickSave ? await pickSave(fileName(name, choices.format), endingOf(choices.format)) : null;
      if (pickSave && path === null) return null;
      return await api.exportStart(requestOf(choices, cluster, view, path));
    },
    onSuccess: (status) => {
      if (status === null) return;
      // A notice may have overtaken the answer: what is done stays done.
      queries.setQueryData<ExportStatus>(keys.running(status.id), (known) => known ?? status);
      setId(status.id);
    },
  });
  const status = useQuery<ExportStatus>({ queryKey: keys.running(id ?? ""), enabled: false, staleTime: Number.POSITIVE_INFINITY }).data;
  const cancel = useMutation({ mutationFn: api.exportCancel });
  useDownload(status);
  return { start, status, cancel: () => id !== null && cancel.mutate(id) };
}

/** In a browser a finished export is fetched as a download; the window has written it already. */
function useDownload(status: ExportStatus | undefined) {
  const ready = transport.host === "browser" && status?.done === true && status.error === null ? status.path : null;
  useEffect(() => {
    if (ready === null) return;
    const link = document.createElement("a");
    link.href = ready;
    link.download = "";
    link.click();
  }, [ready]);
}
