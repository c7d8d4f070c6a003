/** What the export panel asks for, and how choices become a request. Pure. */

import type { Format } from "@/api/bindings/Format";
import type { Theme } from "@/api/bindings/Theme";
import type { ExportFormat } from "@/api/bindings/ExportFormat";
import type { ExportRequest } from "@/api/bindings/ExportRequest";
import type { ExportStatus } from "@/api/bindings/ExportStatus";
import type { View } from "@/api/bindings/View";
import { bytes } from "@/lib/age";

export interface Choices {
  scope: "screen" | "everything";
  format: Format;
  theme: Theme;
  title: string;
  stamp: boolean;
  scale: number;
  expand: boolean;
}

export const FIRST_CHOICES: Choices = { scope: "everything", format: "svg", theme: "light", title: "", stamp: false, scale: 1, expand: false };

export const SCALES = [0.5, 1, 1.5, 2, 3];

/** Remembered choices, as far as they still have the right form; a title belongs to one picture and is not remembered. */
export function recalled(value: unknown): Choices {
  if (typeof value !== "object" || value === null) return FIRST_CHOICES;
  const some = value as Record<string, unknown>;
  return {
    scope: some.scope === "screen" ? "screen" : "everything",
    format: isFormat(some.format) ? some.format : FIRST_CHOICES.format,
    theme: some.theme === "dark" ? "dark" : "light",
    title: "",
    stamp: some.stamp === true,
    scale: typeof some.scale === "number" && SCALES.includes(some.scale) ? some.scale : 1,
    expand: some.expand === true,
  };
}

export function remembered(choices: Choices): Choices {
  return { ...choices, title: "" };
}

/** What the picture is called where no title is given: what is shown of the cluster, or the cluster. */
export function titled({ scope }: Choices, cluster: string, shown: string | null): string {
  return scope === "screen" && shown !== null ? shown : cluster;
}

/** The same choices, titled after what is shown where the person has given no title. */
export function named(choices: Choices, shown: string | null): Choices {
  const title = choices.title.trim() === "" && choices.scope === "screen" ? (shown ?? "") : choices.title;
  return { ...choices, title };
}

export function requestOf(choices: Choices, cluster: string, view: View, path: string | null): ExportRequest {
  return {
    cluster,
    view: choices.scope === "screen" ? view : null,
    format: choices.format,
    theme: choices.theme,
    title: choices.title.trim() || null,
    stamp: choices.stamp,
    aspect: null,
    scale: choices.format === "png" ? choices.scale : null,
    expand: choices.expand,
    path,
  };
}

/** How the files of each format end. */
const ENDINGS: Record<Format, string> = { svg: "svg", png: "png", pdf: "pdf", json: "json", drawio: "drawio", mermaid: "mmd", d2: "d2", dot: "dot", graphml: "graphml" };

export function isFormat(value: unknown): value is Format {
  return typeof value === "string" && value in ENDINGS;
}

export function endingOf(format: Format): string {
  return ENDINGS[format];
}

/** A file name that every system takes. */
export function fileName(cluster: string, ending: string): string {
  const safe = cluster.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "");
  return `${safe || "cluster"}.${ending}`;
}

export function isDrawn(formats: readonly ExportFormat[], format: Format): boolean {
  return formats.find((each) => each.id === format)?.drawn ?? true;
}

function isDownload(path: string): boolean {
  return path.startsWith("/exports/");
}

/** Where an export lies: its path; the name of its download where the browser chose the folder. */
export function placeText(cluster: string, path: string): string {
  const download = /^\/exports\/\d+\.(\w+)$/.exec(path);
  return download?.[1] === undefined ? path : fileName(cluster, download[1]);
}

/** `file` is the name that the download was given. */
export function doneText(status: ExportStatus, file: string): string {
  const size = status.bytes === null ? "" : ` · ${bytes(status.bytes)}`;
  return `${status.path === null ? "Written" : isDownload(status.path) ? file : status.path}${size}`;
}
