"""What back-tests tell: whose report stays, and whose goes again with others of its age."""

from accounts.registry import declare, of_workspace

of_workspace("back_test")

declare("back_test.kept", "Back-test kept", "{play}, {start} to {end}: it stays, however old it grows", icon="archive")
declare("back_test.let_go", "Back-test let go", "{play}, {start} to {end}: kept no longer", icon="archive-x")
