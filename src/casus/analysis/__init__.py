"""What many events come to: panels for models (`panels`) and plots (`plots`), both made of the ledger's flat rows."""
