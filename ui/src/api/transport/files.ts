/** Files between the browser and the host: what is opened is uploaded, what was exported is downloaded. */

/** The browser's own dialog; empty where the person chose nothing. */
export function chooseFiles(folders: boolean): Promise<File[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folders;
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}

/** Where a file of the dialog lies below the folder that was chosen, or its name. */
export function placeOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

/** Hands a document to the browser, which asks where to put it or has a folder for it. */
export function saveAs(content: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The click has begun the download; it holds the content by itself.
  setTimeout(() => URL.revokeObjectURL(link.href));
}
