/** What the examples do with sessions time and again. */

/** Every session of an example carries the tag by which `cleanup` finds it again. */
export const createTagged = (rigger, request) =>
  rigger.sessions.create({ ...request, tags: ['example', ...(request.tags ?? [])] });

/** The log so far, as a list. */
export async function wholeLog(rigger, id) {
  const events = [];
  for await (const event of rigger.sessions.eachEvent(id)) events.push(event);
  return events;
}
