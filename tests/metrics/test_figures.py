"""Figures are read, never posted."""


def test_the_books_figures_are_asked_for_alone(acme_cast, page):
    lee = page(acme_cast.lee, acme_cast.tenant)
    assert lee.get("/figures/book/").status_code == 200
    assert lee.post("/figures/book/").status_code == 405
