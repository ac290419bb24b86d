/** Files that somebody picked on their machine, as the API takes them. */

export interface PickedFile {
  path: string;
  /** Null: it is no text, and comes as base64. */
  text: string | null;
  base64: string | null;
}

/** The server takes no larger file. */
const sizeLimit = 1 << 20;

/** Reads picked files; those of a folder keep their path below it. `refused` are too large, with their names. */
export async function readPickedFiles(list: FileList | readonly File[] | null): Promise<{ files: PickedFile[]; refused: string[] }> {
  const files: PickedFile[] = [];
  const refused: string[] = [];
  for (const file of Array.from(list ?? [])) {
    const path = pathOf(file);
    if (file.size > sizeLimit) {
      refused.push(path);
      continue;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    files.push({ path, ...contentOf(bytes) });
  }
  return { files, refused };
}

/** `folder/sub/name` of a picked folder is `sub/name` in the stack. */
function pathOf(file: File): string {
  const parts = file.webkitRelativePath === "" ? [file.name] : file.webkitRelativePath.split("/").slice(1);
  return parts.join("/");
}

/** Text where the bytes are UTF-8 without zeros, else base64. */
export function contentOf(bytes: Uint8Array): { text: string | null; base64: string | null } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\0")) return { text, base64: null };
  } catch {
    // Not UTF-8.
  }
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { text: null, base64: btoa(binary) };
}
