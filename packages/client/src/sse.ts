/** Reading `text/event-stream`, as the HTML standard has it. */

export interface ServerSentEvent {
  data: string;
  /** The `id` of this event itself, not of an earlier one. */
  id: string | undefined;
}

/** @returns a function that takes the text as it comes and gives the events that it completed. */
export function makeParser(onRetry: (ms: number) => void = () => {}): (text: string) => ServerSentEvent[] {
  let rest = '';
  let first = true;
  let data: string[] = [];
  let id: string | undefined;

  function take(line: string, found: ServerSentEvent[]): void {
    if (line === '') {
      if (data.length > 0) found.push({ data: data.join('\n'), id });
      data = [];
      id = undefined;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry(Number(value));
  }

  return (text) => {
    const found: ServerSentEvent[] = [];
    if (text === '') return found;
    const whole = rest + (first ? text.replace(/^\uFEFF/, '') : text);
    first = false;
    let start = 0;
    for (const end of whole.matchAll(/\r\n|\n|\r/g)) {
      // A carriage return at the very end may be half of a line's end.
      if (end[0] === '\r' && end.index === whole.length - 1) break;
      take(whole.slice(start, end.index), found);
      start = end.index + end[0].length;
    }
    rest = whole.slice(start);
    return found;
  };
}

/**
 * The events of a body. Ends with it; throws when it breaks, and when nothing came for `silenceMs`: servers send a comment
 * every 15 s, so that a peer that has vanished without a word is noticed.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  onRetry?: (ms: number) => void,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parse = makeParser(onRetry);
  try {
    for (;;) {
      const { value, done } = await withinSilence(reader.read(), silenceMs);
      if (done) return;
      yield* parse(decoder.decode(value, { stream: true }));
    }
  } finally {
    // Whoever stops reading lets go of the connection.
    await reader.cancel().catch(() => {});
  }
}

async function withinSilence<T>(read: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TypeError(`Nothing came for ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
