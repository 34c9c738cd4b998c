// A host and a plugin on HashiCorp's go-plugin, in one program: without arguments it is the host, which starts itself again
// with "plugin". The host measures what it is asked for on standard input, a line of JSON each, and answers with one.
package main

import (
	"log"
	"os"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

var handshake = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "STELLA_BENCH",
	MagicCookieValue: "go-plugin",
}

var plugins = map[string]plugin.Plugin{"echo": &echoPlugin{}}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "plugin" {
		plugin.Serve(&plugin.ServeConfig{
			HandshakeConfig: handshake,
			Plugins:         plugins,
			GRPCServer:      plugin.DefaultGRPCServer,
			Logger:          hclog.NewNullLogger(),
		})
		return
	}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  handshake,
		Plugins:          plugins,
		Cmd:              exec.Command(os.Args[0], "plugin"),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		log.Fatal(err)
	}
	echo, err := protocol.Dispense("echo")
	if err != nil {
		log.Fatal(err)
	}
	serveMeasurements(echo.(*echoClient))
}
