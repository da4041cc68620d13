/** English texts of the app about Latchkey as a passkey provider of Windows (see `words-en.ts` for the rules). */
export const PROVIDER_WORDS_EN = {
  provider: {
    title: "Have Windows offer these passkeys",
    progress: (done: number, of: number) => `${done} of ${of} steps are done.`,
    done: "done",
    toDo: "to do",
    steps: {
      "windows-version": "Windows can have passkey providers",
      "windows-hello": "Windows Hello is set up",
      "windows-registered": "Latchkey is registered with Windows",
      "windows-switched-on": "Latchkey is switched on in Windows’ settings",
      enrolled: "Windows Hello opens this vault",
    },
    next: {
      "windows-version": "Install the updates of Windows 11.",
      "windows-hello": "Settings › Accounts › Sign-in options: set up a PIN, a finger or a face.",
      "windows-registered": "Latchkey does that when you set it up here.",
      "windows-switched-on": "Only you can turn that switch, when Latchkey is set up.",
      enrolled: "Part of setting it up. Your passphrase stays a way in.",
    },
    setUp: "Set up with Windows",
    setUpTitle: "Set Latchkey up with Windows",
    setUpText:
      "Type your passphrase. Then Windows asks for your face, finger or PIN, two or three times: once to make its key, then to try it.",
    settingUp: "Windows asks for your face, finger or PIN now…",
    switchOn:
      "Settings › Accounts › Passkeys › Advanced options: turn Latchkey on there. Windows confirms it with Windows Hello.",
    openSettings: "Open Windows’ settings",
    waiting: "Waiting for the switch…",
  },
};
