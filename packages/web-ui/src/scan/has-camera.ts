/** Whether there is a camera to ask for; nobody is asked for it by this. Also `false` where the page's own policy forbids one, and without https or loopback. */
export async function hasCamera(): Promise<boolean> {
  // Absent outside of a secure context (Media Capture and Streams § 10.2), whatever TypeScript's library says.
  const media: MediaDevices | undefined = navigator.mediaDevices;
  const devices = (await media?.enumerateDevices().catch(() => [])) ?? [];
  return devices.some(({ kind }) => kind === "videoinput");
}
