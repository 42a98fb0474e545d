"""The sources that must be asked where a caller is: adapters behind the port `location.locator.Locator`.

HELD servers, a provider's ALI database over TCP, the site's own tables of subscribers and cells. Each ends in
its own time, keeps nothing that it was told of a call, and hands on what it was told as it stands.
"""
