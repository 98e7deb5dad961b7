/** Who asks. Everything belongs to an owner, and a stranger sees nothing of it. */
export interface Viewer {
  owner: string;
}
