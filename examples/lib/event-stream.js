/**
 * Reads `text/event-stream`: yields the JSON of each event's `data`. Comments (the server's heartbeats) and `id` lines
 * are skipped; a reader that wants to come back after a break keeps the `seq` of the last event instead.
 */
export async function* dataOf(body) {
  const decoder = new TextDecoder();
  let buffered = '';
  for await (const bytes of body) {
    buffered += decoder.decode(bytes, { stream: true });
    // A piece of the network is not an event: only what a blank line closes is whole.
    const events = buffered.split('\n\n');
    buffered = events.pop();
    for (const event of events) {
      const data = event.split('\n').filter((one) => one.startsWith('data:'));
      if (data.length > 0) yield JSON.parse(data.map((one) => one.slice(5)).join('\n'));
    }
  }
}
