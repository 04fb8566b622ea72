"""Who gets what of the site: one scene, built once for this package and rolled back after it."""
