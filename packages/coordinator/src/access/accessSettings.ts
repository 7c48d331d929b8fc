/** What an operator decides of links and tokens. */
export type AccessSettings = {
  /** Joining needs no token. */
  readonly openClassroom: boolean;
  /** How long a link, and a credential got by it, holds. */
  readonly linkDays: number;
  /** The link to watch opens the samples that a page shows. */
  readonly viewersReadData: boolean;
};

export const DEFAULT_ACCESS_SETTINGS: AccessSettings = {
  openClassroom: false,
  linkDays: 30,
  viewersReadData: true,
};
