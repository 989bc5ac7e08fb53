import { createContext, useContext } from 'react';

/** What rows need to know of the session that they are of. */
export interface SessionFacts {
  id: string;
  /** Where the workspace appears to its agents. */
  workingDirectory: string;
  /** Whether several agents speak, so that each says who it is. */
  crew: boolean;
}

export const SessionFactsContext = createContext<SessionFacts>({ id: '', workingDirectory: '/workspace', crew: false });
export const useSessionFacts = (): SessionFacts => useContext(SessionFactsContext);

/** A path as it is below the workspace, where it is. */
export const shortPath = (path: string, workingDirectory: string): string =>
  path.startsWith(`${workingDirectory}/`) ? path.slice(workingDirectory.length + 1) : path;
