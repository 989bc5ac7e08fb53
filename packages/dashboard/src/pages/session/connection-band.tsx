import { CloudOff, LoaderCircle, WifiOff } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { tell } from '../../api/client.ts';
import type { SessionLog } from '../../api/log.ts';

/** A break that is mended sooner is nobody's business. */
const WORTH_SAYING_MS = 700;

function watchNetwork(listener: () => void): () => void {
  for (const type of ['online', 'offline']) addEventListener(type, listener);
  return () => {
    for (const type of ['online', 'offline']) removeEventListener(type, listener);
  };
}

/** A thin band while the page does not hear the server. What is shown stays. */
export function ConnectionBand({ log }: { log: SessionLog }) {
  const online = useSyncExternalStore(watchNetwork, () => navigator.onLine);
  const away = !online || log.state === 'reconnecting' || log.state === 'offline';
  const [said, setSaid] = useState(false);
  useEffect(() => {
    if (!away) return setSaid(false);
    const timer = setTimeout(() => setSaid(true), WORTH_SAYING_MS);
    return () => clearTimeout(timer);
  }, [away]);
  const ended = log.state === 'ended' && log.events.length > 0;
  if (!(away && said) && !ended) return null;
  const [Icon, words] = ended
    ? [
        CloudOff,
        log.problem === null ? 'This session was deleted. What you see is its last state.' : tell(log.problem).title,
      ]
    : !online || log.state === 'offline'
      ? [WifiOff, 'You are offline. What you see may be old.']
      : [LoaderCircle, 'Reconnecting…'];
  return (
    <div
      role="status"
      className="flex shrink-0 items-center justify-center gap-2 bg-warn-soft px-4 py-1 text-warn text-xs"
    >
      <Icon aria-hidden className={Icon === LoaderCircle ? 'size-3.5 motion-safe:animate-spin-slow' : 'size-3.5'} />
      {words}
    </div>
  );
}
