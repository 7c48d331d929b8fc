/** What some options may be, apart from the commands that act on it: to tell of a command loads none. */

/** Whom `shoal link` lets in. */
export const LINK_ROLES = ['worker', 'viewer', 'gateway'] as const;

/** What `shoal export` writes of a model, and the curves of its run. */
export const EXPORT_FORMATS = ['safetensors', 'onnx', 'pytorch', 'web', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
