import { describeConformance } from './conformance.ts';
import { createNoneDriver } from './none.ts';

describeConformance(createNoneDriver, { diesWithRunner: false });
