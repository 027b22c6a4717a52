package store

import (
	"bytes"
	"encoding/json"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"basecampfs/auth"
)

// Seal encrypts profiles into the text of a settings file.
func Seal(profiles map[string]*auth.Credential, key *Key) ([]byte, error) {
	to, err := key.recipients()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(sealed{version, profiles})
	if err != nil {
		return nil, fileError("encode", "the sign-in", err)
	}
	var out bytes.Buffer
	a := armor.NewWriter(&out)
	w, err := age.Encrypt(a, to...)
	if err == nil {
		if _, err = w.Write(text); err == nil {
			err = w.Close()
		}
	}
	if err == nil {
		err = a.Close()
	}
	if err != nil {
		return nil, fileError("encrypt", "the sign-in", err)
	}
	return out.Bytes(), nil
}

// Unseal reads what Seal made; name names it for a person. The error has Code
// Passphrase where the key is the wrong one, and Store where the text is
// damaged.
func Unseal(b []byte, key *Key, name string) (map[string]*auth.Credential, error) {
	if !bytes.HasPrefix(b, []byte(armor.Header)) {
		if bytes.HasPrefix([]byte(armor.Header), b) {
			return nil, damaged(name)
		}
		return nil, auth.Errorf(auth.Store, "make one with: basecampfs auth export FILE", "%s is no encrypted settings file", name)
	}
	// The armor is read whole before a key is asked for: what is cut short is
	// not to be taken for the wrong key.
	raw, err := io.ReadAll(io.LimitReader(armor.NewReader(bytes.NewReader(b)), maxFile))
	if err != nil {
		return nil, damaged(name)
	}
	ids, err := key.identities()
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(bytes.NewReader(raw), ids...)
	if err != nil {
		return nil, key.openError(name, err)
	}
	text, err := io.ReadAll(io.LimitReader(plain, maxFile))
	var v sealed
	if err != nil || json.Unmarshal(text, &v) != nil {
		return nil, damaged(name)
	}
	if v.Version > version {
		return nil, auth.Errorf(auth.Store, "update basecampfs", "%s was written by a newer version of basecampfs", name)
	}
	for profile, c := range v.Profiles {
		if c == nil || auth.CheckProfile(profile) != nil {
			return nil, damaged(name)
		}
		c.Register()
	}
	return v.Profiles, nil
}

// WriteSealed writes what Seal made to a file, at once or not at all.
func WriteSealed(path string, b []byte) error {
	if err := writeAtomic(path, b); err != nil {
		return fileError("write", path, err)
	}
	return nil
}
