/** The offline model in a process of its own, so that its work is charged to neither side. Tells of each call by IPC. */
import { startOfflineModel } from '@rigger/offline-model';

export type ModelSays = { url: string } | { call: ModelCall };
export interface ModelCall {
  scenario: string | null;
  /** Milliseconds since the epoch: when its headers were read, and when its last byte was written. */
  began: number;
  ended: number;
}

const say = (message: ModelSays) => process.send?.(message);
const model = await startOfflineModel({
  log: ({ scenario, at }) => say({ call: { scenario, began: Date.parse(at), ended: Date.now() } }),
});
say({ url: model.url });
process.once('disconnect', () => void model.close().then(() => process.exit(0)));
