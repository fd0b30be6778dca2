import type { App } from '../app.ts';

/** One claim about the application: resolves with what was seen, rejects when it does not hold. */
export interface Check {
  title: string;
  prove(app: App): Promise<string>;
}
