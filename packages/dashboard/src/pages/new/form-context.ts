import { createContext, useContext } from 'react';
import { type Draft, EMPTY } from './draft.ts';
import type { Wrong } from './issues.ts';

export interface Form {
  draft: Draft;
  change: (change: Partial<Draft>) => void;
  wrong: Wrong;
}

export const FormContext = createContext<Form>({ draft: EMPTY, change: () => {}, wrong: {} });
export const useForm = (): Form => useContext(FormContext);
