/** The script of pages that a model is exported to: one file, which makes the global `shoal`. */
export declare const standaloneScript: string;

/** Folder of the built page: `index.html`, `join.html` and `assets/`, whose names carry a hash of their content. */
export declare const pageFolder: string;
