/** Files with their paths in the workspace. */
export interface Upload {
  path: string;
  file: File;
}

export const MOST_FILES = 2_000;

/** Files that were picked; of a folder, with their paths below it. */
export const picked = (files: FileList | null): Upload[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

async function walk(entry: FileSystemEntry, into: Upload[]): Promise<void> {
  if (into.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader gives some at a time, and none at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    for (const one of entries) await walk(one, into);
  }
}

/** Files and folders that were dropped. Must be called while the drop is handled. */
export async function dropped(transfer: DataTransfer): Promise<Upload[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return picked(transfer.files);
  const found: Upload[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}
