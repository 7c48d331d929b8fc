/** Folder of the built page: `index.html`, `join.html` and `assets/`, whose names carry a hash of their content. */
export declare const pageFolder: string;
