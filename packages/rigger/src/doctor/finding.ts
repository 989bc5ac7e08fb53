/** One thing that was looked at. */
export interface Finding {
  name: string;
  /** `warning`: it works, and could be better. */
  state: 'good' | 'warning' | 'bad';
  says: string;
  /** How to mend it. */
  remedy?: string;
}

export const good = (name: string, says: string): Finding => ({ name, state: 'good', says });
export const warning = (name: string, says: string, remedy: string): Finding => ({
  name,
  state: 'warning',
  says,
  remedy,
});
export const bad = (name: string, says: string, remedy: string): Finding => ({ name, state: 'bad', says, remedy });

/** Looks, and makes a finding of what is thrown meanwhile. */
export async function looking(name: string, look: () => Promise<Finding>, remedy: string): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return bad(name, error instanceof Error ? error.message : String(error), remedy);
  }
}
