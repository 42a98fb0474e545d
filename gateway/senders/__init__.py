"""Those who send texts to telephones, behind the port `gateway.ports_text.TextSender`."""
