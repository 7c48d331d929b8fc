/** The name of run number `i`, which is also that of its folder. */
export declare function nameOfMade(i: number): string;
/** Writes run number `i`. */
export declare function makeRun(runsFolder: string, i: number): Promise<void>;
/** Writes the runs from 0. */
export declare function makeRuns(runsFolder: string, count: number): Promise<void>;
