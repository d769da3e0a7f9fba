"""Use case 4: an archive becomes a site. All that ends as HTML: build > pages > boards > parts > charts."""
