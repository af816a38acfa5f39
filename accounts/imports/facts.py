"""The kinds of events that imports tell about the whole book; what they did to an account tells the account's own."""

from accounts.registry import declare, of_workspace

of_workspace("import")

declare("import.finished", "Import finished", "{name} was imported", icon="file-input")
declare("import.forgotten", "Import’s file deleted", "The file and the rows of {name} were deleted", icon="trash-2")
declare("import.undone", "Import taken back", "{name} was taken back", icon="file-x-2")
